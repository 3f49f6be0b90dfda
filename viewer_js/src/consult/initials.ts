import type { Me } from "./wire";

/** The given name comes last in Vietnamese: the last two words say most. */
function lettersOf(name: string): string {
  const [plain = ""] = name.split(" ("); // a guest's says that they are one
  const words = plain.split(/[\s.]+/).filter((word) => word !== "");
  return words
    .slice(-2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}

/** Of those with the same letters the later ones bear a number: people stand in the order of coming on every screen. */
export function initialsOf({ id, name }: Pick<Me, "id" | "name">, people: readonly Me[] = []): string {
  const letters = lettersOf(name);
  const place = people.filter((one) => lettersOf(one.name) === letters).findIndex((one) => one.id === id);
  return place > 0 ? `${letters}${place + 1}` : letters;
}
