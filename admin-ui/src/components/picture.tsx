import { ImageOff } from "lucide-react";

/** A small picture of a row; a quiet sign where there is none. */
export function Thumb({ url, alt, size = 48 }: { url: string | undefined; alt: string; size?: number }) {
  if (url === undefined) {
    return (
      <span className="thumb" style={{ width: size, height: size }}>
        <ImageOff size={16} color="var(--mantine-color-dimmed)" aria-hidden />
      </span>
    );
  }
  return <img className="thumb-picture" src={url} alt={alt} width={size} height={size} loading="lazy" />;
}
