import {
  Braces,
  File,
  FileArchive,
  FileImage,
  FileMusic,
  FileSpreadsheet,
  FileSymlink,
  FileText,
  FileVideo,
  Folder,
  type LucideIcon,
} from 'lucide-react';
import type { Node } from '../api/client';
import styles from './kinds.module.css';

/** What a file is shown as, by its name's ending; the server names types by the same table. */
export type Look = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'other';

const ENDINGS: Record<Exclude<Look, 'other' | 'text'>, string> = {
  image: 'png jpg jpeg gif webp avif bmp ico',
  video: 'mp4 m4v webm mov',
  audio: 'mp3 m4a aac ogg oga opus flac wav',
  pdf: 'pdf',
};

const TEXT =
  'txt md markdown rst csv tsv log json jsonl yaml yml toml ini conf cfg xml html htm css scss svg js jsx ts tsx mjs cjs java kt kts ' +
  'scala go rs c h cc cpp hpp cs py rb php pl lua sh bash zsh fish ps1 bat sql graphql proto gradle cmake make mk tex bib diff patch ' +
  'properties env gitignore gitattributes editorconfig dockerfile makefile license readme';

const LOOKS = new Map<string, Look>();
for (const [look, endings] of Object.entries(ENDINGS)) {
  for (const ending of endings.split(' ')) {
    LOOKS.set(ending, look as Look);
  }
}
for (const ending of TEXT.split(' ')) {
  LOOKS.set(ending, 'text');
}

/** The part of a name after its last dot, or all of it, in lower case. */
export function ending(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

export function lookOf(node: Pick<Node, 'name' | 'kind'>): Look {
  return node.kind === 'file' ? (LOOKS.get(ending(node.name)) ?? 'other') : 'other';
}

const ARCHIVES = new Set('zip tar gz tgz bz2 xz zst 7z rar jar war iso dmg'.split(' '));
const TABLES = new Set('csv tsv xls xlsx ods numbers'.split(' '));
const CODE = new Set(
  'js jsx ts tsx mjs cjs java kt kts scala go rs c h cc cpp hpp cs py rb php pl lua sh bash zsh sql css scss html htm xml json yaml yml toml'.split(
    ' ',
  ),
);

function iconOf(node: Pick<Node, 'name' | 'kind'>): [LucideIcon, string | undefined] {
  if (node.kind === 'directory') {
    return [Folder, styles.directory];
  }
  if (node.kind === 'symlink') {
    return [FileSymlink, styles.other];
  }
  const end = ending(node.name);
  if (ARCHIVES.has(end)) {
    return [FileArchive, styles.other];
  }
  if (TABLES.has(end)) {
    return [FileSpreadsheet, styles.text];
  }
  if (CODE.has(end)) {
    return [Braces, styles.text];
  }
  switch (lookOf(node)) {
    case 'image':
      return [FileImage, styles.image];
    case 'video':
      return [FileVideo, styles.video];
    case 'audio':
      return [FileMusic, styles.audio];
    case 'pdf':
      return [FileText, styles.video];
    case 'text':
      return [FileText, styles.text];
    case 'other':
      return [File, styles.other];
  }
}

/** The icon of what a node is; decoration, as the name and the type say the same. */
export function KindIcon({ node, size = 18 }: { node: Pick<Node, 'name' | 'kind'>; size?: number }) {
  const [Icon, colour] = iconOf(node);
  return (
    <Icon
      size={size}
      strokeWidth={1.75}
      className={`${styles.icon} ${colour}`}
      aria-hidden
      {...(node.kind === 'directory' && { fill: 'currentColor', fillOpacity: 0.18 })}
    />
  );
}

/** What a node is, in words. */
export function kindWord(node: Pick<Node, 'name' | 'kind'>): string {
  if (node.kind === 'directory') {
    return 'Folder';
  }
  if (node.kind === 'symlink') {
    return 'Symbolic link';
  }
  if (node.kind !== 'file') {
    return node.kind;
  }
  const end = ending(node.name);
  const named = node.name.includes('.') && end.length <= 8 ? `${end.toUpperCase()} ` : '';
  const look = lookOf(node);
  return look === 'other' || look === 'pdf' ? `${named}file` : `${named}${look}`;
}
