declare module "virtual:messages/rest" {
  /** English message -> Vietnamese message; made by build/messages.ts. */
  export const messages: Readonly<Record<string, string>>;
}

declare module "virtual:messages/room_rest" {
  /** What the consult room alone says later. */
  export const messages: Readonly<Record<string, string>>;
}

declare module "virtual:messages/all" {}
