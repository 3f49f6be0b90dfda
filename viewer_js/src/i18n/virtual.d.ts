declare module "virtual:messages/rest" {
  /** English message -> Vietnamese message; made by build/messages.ts. */
  export const messages: Readonly<Record<string, string>>;
}

declare module "virtual:messages/all" {}
