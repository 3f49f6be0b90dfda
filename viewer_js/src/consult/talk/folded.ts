/** Without accents and capitals, so that "tran" finds "Tràn". As long as the text it is made from. */
export function folded(text: string): string {
  return Array.from(text.normalize("NFC"), plain).join("");
}

function plain(letter: string): string {
  const bare = letter.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace("đ", "d");
  return bare.length === letter.length ? bare : letter;
}
