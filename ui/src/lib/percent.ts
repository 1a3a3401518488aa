/** A probability for people: "94 %", and never a certainty that nothing has. */
export function percent(probability: number): string {
  if (probability >= 0.995) return ">99 %";
  if (probability > 0 && probability < 0.005) return "<1 %";
  return `${Math.round(probability * 100)} %`;
}
