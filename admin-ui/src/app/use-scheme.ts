import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

/** Whether the page is dark now, and the way to the other one. */
export function useScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  return {
    isDark,
    turn: () => {
      setColorScheme(isDark ? "light" : "dark");
    },
  };
}
