import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/http";
import { setLanguage } from "../../src/i18n/translate";
import { type LocalFile, type Progress, Sender } from "../../src/studies/sender";
import type { FileWish, ServerFile, UploadServer, UploadStatus } from "../../src/studies/upload_api";

/** Keeps bytes as app.capture does; the line breaks when told to. */
class Server implements UploadServer {
  readonly parts = new Map<string, Uint8Array>();
  readonly sizes = new Map<string, number>();
  announced: FileWish[] = [];
  breakNext: ("before" | "after")[] = [];
  refuse: string | null = null;
  fault: string | null = null;
  sends = 0;
  running = 0;
  mostRunning = 0;

  async open(): Promise<string> {
    return "u";
  }

  async announce(_upload: string, files: readonly FileWish[]): Promise<ServerFile[]> {
    this.announced.push(...files);
    return files.map((file) => {
      this.sizes.set(file.name, file.size);
      return this.row(file.name);
    });
  }

  private row(id: string): ServerFile {
    const received = this.parts.get(id)?.length ?? 0;
    const whole = this.parts.has(id) && received === this.sizes.get(id);
    return { id, received, state: whole ? "stored" : "expected" };
  }

  async send(_upload: string, id: string, offset: number, data: Blob): Promise<ServerFile> {
    this.sends += 1;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    await Promise.resolve();
    this.running -= 1;
    const fault = this.breakNext.shift();
    if (fault === "before") throw new TypeError("Failed to fetch");
    if (this.fault === id) throw new ApiError(500, "fault", "Something went wrong.");
    if (this.refuse === id) throw new ApiError(409, "too_long", "The file is longer than was announced.");
    const have = this.parts.get(id) ?? new Uint8Array();
    if (offset > have.length) throw new ApiError(409, "offset", "missing");
    const bytes = new Uint8Array(await data.arrayBuffer()).slice(have.length - offset);
    const joined = new Uint8Array(have.length + bytes.length);
    joined.set(have);
    joined.set(bytes, have.length);
    this.parts.set(id, joined);
    if (fault === "after") throw new TypeError("Failed to fetch");
    return this.row(id);
  }

  async file(_upload: string, id: string): Promise<ServerFile> {
    return this.row(id);
  }

  async status(): Promise<UploadStatus> {
    throw new Error("not asked");
  }

  async cancel(): Promise<void> {}
}

const local = (name: string, text: string): LocalFile => ({ name, file: new File([text], name) });
const text = (server: Server, id: string) => new TextDecoder().decode(server.parts.get(id));

function sender(server: Server, told: Progress[] = [], parallel = 2): Sender {
  return new Sender(server, "u", {
    chunkBytes: 4,
    parallel,
    onProgress: (progress) => told.push(progress),
    pause: async () => undefined,
  });
}

describe("sending files", () => {
  let server: Server;
  beforeEach(() => {
    setLanguage("en");
    server = new Server();
  });

  it("sends every file in pieces and tells bytes and files", async () => {
    const told: Progress[] = [];
    await sender(server, told).run([local("a", "0123456789"), local("b", "xyz"), local("empty", "")]);
    expect(text(server, "a")).toBe("0123456789");
    expect(text(server, "b")).toBe("xyz");
    expect(server.parts.has("empty")).toBe(true);
    expect(told.at(-1)).toEqual({ bytes: 13, totalBytes: 13, files: 3, totalFiles: 3, line: "open" });
  });

  it("goes on after a broken line, whether or not the piece had arrived", async () => {
    const told: Progress[] = [];
    server.breakNext = ["before", "after", "before"];
    await sender(server, told, 1).run([local("a", "0123456789")]);
    expect(text(server, "a")).toBe("0123456789");
    expect(told.some((progress) => progress.line === "broken")).toBe(true);
    expect(told.at(-1)?.line).toBe("open");
  });

  it("goes on where the server is when that has fewer bytes than was thought", async () => {
    const first = sender(server, [], 1);
    server.announce = async (_upload, files) => {
      for (const file of files) server.sizes.set(file.name, file.size);
      return [{ id: "a", received: 8, state: "expected" }];
    };
    await first.run([local("a", "0123456789")]);
    expect(text(server, "a")).toBe("0123456789");
  });

  it("sends only what is missing after a reload", async () => {
    server.parts.set("a", new TextEncoder().encode("01234567"));
    server.parts.set("b", new TextEncoder().encode("xyz"));
    await sender(server, [], 1).run([local("a", "0123456789"), local("b", "xyz")]);
    expect(server.sends).toBe(1);
    expect(text(server, "a")).toBe("0123456789");
  });

  it("lists what one answer refuses and sends the others", async () => {
    server.refuse = "a";
    const one = sender(server, [], 1);
    await one.run([local("a", "1"), local("b", "2")]);
    expect(one.refusedHere.map((file) => file.name)).toEqual(["a"]);
    expect(text(server, "b")).toBe("2");
  });

  it("never sends more files at once than allowed", async () => {
    await sender(server, [], 2).run(Array.from({ length: 9 }, (_, n) => local(`f${n}`, "0123456789")));
    expect(server.mostRunning).toBe(2);
  });

  it("stops when cancelled", async () => {
    const one = sender(server, [], 1);
    server.send = async () => {
      await one.cancel();
      throw new DOMException("stopped", "AbortError");
    };
    await one.run([local("a", "1"), local("b", "2")]);
    expect(one.cancelled).toBe(true);
    expect(server.parts.size).toBe(0);
  });

  it("knows the same file after a reload by place, length and time", async () => {
    await sender(server).run([local("x/a", "1")]);
    expect(server.announced[0]?.key).toMatch(/^x\/a\n1\n\d+$/);
  });

  it("names a file at which the server fails again and again, and sends the others", async () => {
    server.fault = "bad";
    const sending = sender(server);
    await sending.run([local("bad", "12345678"), local("good", "12345678")]);
    expect(sending.refusedHere).toEqual([{ name: "bad", state: "refused", reason: "Something went wrong." }]);
    expect(text(server, "good")).toBe("12345678");
  });
});
