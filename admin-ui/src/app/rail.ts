import { CalendarDays, ChartLine, Clapperboard, FileText, House, Image, Plug, Send, Settings, ShoppingBag } from "lucide-react";

/** The main pages in the order of the day; `py` is how their Chinese names are typed without an input method,
 * `go` the key that leads there after a G. */
export const RAIL = [
  { to: "/", key: "home", icon: House, py: "shouye sy", go: "h" },
  { to: "/stories", key: "stories", icon: FileText, py: "gushi gs", go: "s" },
  { to: "/videos", key: "videos", icon: Clapperboard, py: "shipin sp" },
  { to: "/products", key: "products", icon: ShoppingBag, py: "shangpin sp" },
  { to: "/media", key: "media", icon: Image, py: "sucai sc" },
  { to: "/calendar", key: "calendar", icon: CalendarDays, py: "rili rl", go: "c" },
  { to: "/deliveries", key: "deliveries", icon: Send, py: "fenfa ff", go: "d" },
  { to: "/channels", key: "channels", icon: Plug, py: "qudao qd" },
  { to: "/stats", key: "stats", icon: ChartLine, py: "tongji tj" },
  { to: "/settings", key: "settings", icon: Settings, py: "shezhi sz" },
] as const;
