import { Button, type ButtonProps, FileButton } from "@mantine/core";
import { useRef } from "react";

interface PickFilesProps extends ButtonProps {
  label: string;
  accept: string;
  multiple?: boolean;
  onPick: (files: File[]) => void;
}

/** A button that asks for files of this machine; the same file can be taken again. */
export function PickFiles({ label, accept, multiple = false, onPick, ...button }: PickFilesProps) {
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      multiple={multiple}
      accept={accept}
      resetRef={reset}
      inputProps={{ "aria-label": label }}
      onChange={(picked) => {
        const files = Array.isArray(picked) ? picked : picked === null ? [] : [picked];
        reset.current?.();
        if (files.length > 0) onPick(files);
      }}
    >
      {(props) => (
        <Button {...button} {...props}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}
