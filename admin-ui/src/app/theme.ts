import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#eef6f8",
  "#dbeaee",
  "#b9d5dd",
  "#8fb7c4",
  "#5f97a8",
  "#3f8095",
  "#2f7288",
  "#1f5f74",
  "#174b5c",
  "#0f3643",
];

/** What Mantine draws controls with in the dark, in the hue of our surfaces. */
const dark: MantineColorsTuple = [
  "#e6eaed",
  "#c8d0d6",
  "#a8b2ba",
  "#75808a",
  "#3f484f",
  "#343d43",
  "#283036",
  "#1d2327",
  "#191e22",
  "#15191c",
];

export const theme = createTheme({
  colors: { brand, dark },
  primaryColor: "brand",
  primaryShade: { light: 7, dark: 6 },
  fontFamily:
    '"PingFang SC","HarmonyOS Sans SC","MiSans","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif',
  fontFamilyMonospace: 'ui-monospace,"SF Mono",Consolas,"Noto Sans Mono CJK SC",monospace',
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "17px", xl: "20px" },
  lineHeights: { xs: "18px", sm: "22px", md: "22px", lg: "26px", xl: "30px" },
  defaultRadius: 4,
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "30px" },
      h2: { fontSize: "17px", lineHeight: "26px" },
      h3: { fontSize: "15px", lineHeight: "24px" },
    },
  },
});

/** Colours whose contrast was computed for text on the page and on cards, in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f6f8f9",
    "--mantine-color-text": "#1b2226",
    "--mantine-color-dimmed": "#59636b",
    "--mantine-color-placeholder": "#667078",
    "--mantine-color-error": "var(--fenfa-bad)",
    "--fenfa-card": "#ffffff",
    "--fenfa-line": "#dfe4e7",
    "--fenfa-line-strong": "#7c878f",
    "--fenfa-ok": "#1a7f4b",
    "--fenfa-plan": "#4a5a8a",
    "--fenfa-hold": "#8a5a00",
    "--fenfa-ask": "#7a3e9d",
    "--fenfa-bad": "#b3261e",
    "--fenfa-run": "#1f5f74",
  },
  dark: {
    "--mantine-color-body": "#15191c",
    "--mantine-color-text": "#e6eaed",
    "--mantine-color-dimmed": "#a8b2ba",
    "--mantine-color-placeholder": "#9aa4ac",
    "--mantine-color-error": "var(--fenfa-bad)",
    "--fenfa-card": "#1d2327",
    "--fenfa-line": "#323a40",
    "--fenfa-line-strong": "#75808a",
    "--fenfa-ok": "#6fd09c",
    "--fenfa-plan": "#a9b7e8",
    "--fenfa-hold": "#e8b95c",
    "--fenfa-ask": "#d3a6f0",
    "--fenfa-bad": "#ff9d94",
    "--fenfa-run": "#8fb7c4",
  },
});
