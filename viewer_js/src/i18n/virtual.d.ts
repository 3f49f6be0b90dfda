declare module "virtual:messages" {
  /** English message -> Vietnamese message; made by build/messages.ts. */
  export const vi: Readonly<Record<string, string>>;
}
