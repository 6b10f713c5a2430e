interface Props<T extends string> {
  label: string;
  /** What the choice of nothing is called. */
  none: string;
  value: T | null;
  options: readonly T[];
  wordsOf: (option: T) => string;
  onChoose: (value: T | null) => void;
  /** Of the label. */
  className: string | undefined;
}

/** One of a few, or none. */
export function Select<T extends string>({ label, none, value, options, wordsOf, onChoose, className }: Props<T>) {
  return (
    <label className={className}>
      {label}
      <select value={value ?? ""} onChange={(event) => onChoose(options.find((one) => one === event.target.value) ?? null)}>
        <option value="">{none}</option>
        {options.map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
