import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { expect, test } from "vitest";

const CORE = resolve("node_modules/@mantine/core");
const PACKAGES = ["dates"].map((name) => resolve(`node_modules/@mantine/${name}/esm`));

const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
const read = (file: string) => readFileSync(file, "utf8");
const listed = [...read("src/app/mantine.css").matchAll(/core\/styles\/([\w-]+)\.css/g)].map(([, name]) => name);

/** What files take from the component library by name. */
function namesTaken(files: string[]): string[] {
  const texts = files.filter((file) => /\.(tsx?|mjs)$/.test(file)).map(read);
  return texts.flatMap((text) =>
    [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(([, names = ""]) => names.split(",").map((name) => name.trim())),
  );
}

/** The styles of a component and of all that it is made of. */
function stylesOf(names: string[]): Set<string> {
  const styles = new Set<string>();
  const seen = new Set<string>();
  const waiting = names.map((name) => join(CORE, "esm/components", name, `${name}.mjs`));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    for (const [, path = ""] of read(file).matchAll(/from "(\.[^"]+)"/g)) {
      const style = /(\w+)\.module\.mjs$/.exec(path)?.[1];
      if (style === undefined) waiting.push(join(dirname(file), path));
      else if (existsSync(join(CORE, `styles/${style}.css`))) styles.add(style);
    }
  }
  return styles;
}

test("every component in use has its styles", () => {
  const names = namesTaken([...filesIn("src"), ...PACKAGES.flatMap(filesIn)]);

  expect([...stylesOf(names)].filter((style) => !listed.includes(style))).toEqual([]);
});

test("styles come in the order in which they build on each other", () => {
  const all = read(join(CORE, "styles.css"));
  const places = listed.map((name) => all.indexOf(read(join(CORE, `styles/${String(name)}.css`)).trim().slice(0, 200)));

  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
