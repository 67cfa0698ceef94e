/** The values of an enum out of their descriptions: a value without one does not compile. */
export function describeValues<TValue extends string>(
  descriptions: Readonly<Record<TValue, string>>,
): Record<TValue, { description: string }> {
  const values = Object.entries<string>(descriptions).map(([value, description]) => [value, { description }]);
  return Object.fromEntries(values) as Record<TValue, { description: string }>;
}
