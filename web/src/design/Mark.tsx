/** The mark: a syncline, layers of rock folded into one valley. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeLinecap="round"
      strokeWidth={3}
      aria-hidden
    >
      <path stroke="currentColor" opacity={0.4} d="M4 6c3.500 7 7.500 10 12 10s8.500-3 12-10" />
      <path stroke="currentColor" opacity={0.7} d="M4 13.500c3.500 7 7.500 10 12 10s8.500-3 12-10" />
      <path stroke="currentColor" d="M4 21c3.500 5.500 7.500 8 12 8s8.500-2.500 12-8" />
    </svg>
  );
}
