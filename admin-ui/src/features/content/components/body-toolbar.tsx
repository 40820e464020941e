import { ActionIcon, Divider, Group, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type Editor, useEditorState } from "@tiptap/react";
import {
  Bold,
  Clapperboard,
  FileInput,
  Heading2,
  Heading3,
  ImagePlus,
  Italic,
  Link2,
  List,
  ListOrdered,
  type LucideIcon,
  Minus,
  Quote,
  Redo2,
  ShoppingBag,
  Strikethrough,
  Undo2,
} from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Choice } from "../blocks";
import { LinkDialog } from "./link-dialog";

interface Tool {
  key: string;
  icon: LucideIcon;
  run: (editor: Editor) => void;
  isOn?: (editor: Editor) => boolean;
}

const MARKS: Tool[] = [
  { key: "bold", icon: Bold, run: (e) => e.chain().focus().toggleBold().run(), isOn: (e) => e.isActive("bold") },
  { key: "italic", icon: Italic, run: (e) => e.chain().focus().toggleItalic().run(), isOn: (e) => e.isActive("italic") },
  { key: "strike", icon: Strikethrough, run: (e) => e.chain().focus().toggleStrike().run(), isOn: (e) => e.isActive("strike") },
];

const BLOCKS: Tool[] = [
  { key: "h2", icon: Heading2, run: (e) => e.chain().focus().toggleHeading({ level: 2 }).run(), isOn: (e) => e.isActive("heading", { level: 2 }) },
  { key: "h3", icon: Heading3, run: (e) => e.chain().focus().toggleHeading({ level: 3 }).run(), isOn: (e) => e.isActive("heading", { level: 3 }) },
  { key: "bullets", icon: List, run: (e) => e.chain().focus().toggleBulletList().run(), isOn: (e) => e.isActive("bulletList") },
  { key: "numbers", icon: ListOrdered, run: (e) => e.chain().focus().toggleOrderedList().run(), isOn: (e) => e.isActive("orderedList") },
  { key: "quote", icon: Quote, run: (e) => e.chain().focus().toggleBlockquote().run(), isOn: (e) => e.isActive("blockquote") },
  { key: "rule", icon: Minus, run: (e) => e.chain().focus().setHorizontalRule().run() },
];

const HISTORY: Tool[] = [
  { key: "undo", icon: Undo2, run: (e) => e.chain().focus().undo().run() },
  { key: "redo", icon: Redo2, run: (e) => e.chain().focus().redo().run() },
];

const CHOICES: { choice: Choice; label: string; icon: LucideIcon }[] = [
  { choice: "picture", label: "picture", icon: ImagePlus },
  { choice: "product", label: "product", icon: ShoppingBag },
  { choice: "video", label: "video", icon: Clapperboard },
  { choice: "file", label: "import", icon: FileInput },
];

const ALL = [...MARKS, ...BLOCKS];

/** What can be done to the text where the cursor is. */
export function BodyToolbar({ editor, onChoose }: { editor: Editor; onChoose: (choice: Choice) => void }) {
  const { t } = useTranslation();
  const [isLinking, link] = useDisclosure(false);
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ALL.filter((tool) => tool.isOn?.(now) ?? false).map((tool) => tool.key),
  });
  const draw = (tool: Tool) => (
    <ToolButton
      key={tool.key}
      label={t(`body.${tool.key}`)}
      icon={tool.icon}
      isOn={tool.isOn === undefined ? undefined : on.includes(tool.key)}
      onClick={() => {
        tool.run(editor);
      }}
    />
  );
  return (
    <Group gap={2} className="toolbar" role="toolbar" aria-label={t("body.toolbar")}>
      {/* A line belongs to what stands before it, so that no row begins with one. */}
      <Group gap={2} wrap="nowrap">
        {MARKS.map(draw)}
        <ToolButton label={t("body.link")} icon={Link2} onClick={link.open} />
        <Divider orientation="vertical" mx={4} />
      </Group>
      {BLOCKS.map(draw)}
      <Group gap={2} wrap="nowrap">
        {CHOICES.map(({ choice, label, icon }) => (
          <ToolButton
            key={choice}
            label={t(`body.${label}`)}
            icon={icon}
            onClick={() => {
              onChoose(choice);
            }}
          />
        ))}
        <Divider orientation="vertical" mx={4} />
      </Group>
      <Group gap={2} wrap="nowrap">
        {HISTORY.map(draw)}
      </Group>
      {isLinking && <LinkDialog editor={editor} onClose={link.close} />}
    </Group>
  );
}

interface ToolButtonProps {
  label: string;
  icon: LucideIcon;
  isOn?: boolean | undefined;
  onClick: () => void;
}

function ToolButton({ label, icon: Icon, isOn, onClick }: ToolButtonProps) {
  return (
    <Tooltip label={label} withinPortal={false}>
      <ActionIcon
        size={32}
        variant={isOn === true ? "light" : "subtle"}
        color={isOn === true ? "brand" : "gray"}
        aria-label={label}
        aria-pressed={isOn}
        onClick={onClick}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
