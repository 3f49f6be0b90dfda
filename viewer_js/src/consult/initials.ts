/** The given name comes last in Vietnamese: the last two words say most. */
export function initialsOf(name: string): string {
  const [plain = ""] = name.split(" ("); // a guest's says that they are one
  const words = plain.split(/[\s.]+/).filter((word) => word !== "");
  return words
    .slice(-2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}
