import { t } from "../../i18n/translate";
import type { Message } from "../wire";

/** What a line says in short, where it is spoken of elsewhere. */
export function gistOf({ attachments, sentence, text, voice }: Message): string {
  if (text) return text;
  if (voice) return t("A voice message");
  if (sentence) return sentence.quote;
  return attachments?.length ? t("A file") : t("A line with a view");
}
