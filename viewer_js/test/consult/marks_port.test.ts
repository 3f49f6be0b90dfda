import { expect, it } from "vitest";
import { MarksPort, newClientId } from "../../src/consult/marks_port";
import { type Answer, Outbox } from "../../src/consult/outbox";
import type { Annotation } from "../../src/consult/wire";
import { event, LAN, mark, memoryStorage, settled } from "./cast";

function desk(answer: Answer, storage = memoryStorage()) {
  const kept = new Map<string, Annotation>();
  const lost: string[] = [];
  const outbox: Outbox = new Outbox({
    send: async () => answer,
    pause: () => Promise.resolve(),
    changed: (wishes) => port.outboxChanged(wishes),
    storage,
  });
  const port: MarksPort = new MarksPort(outbox, {
    live: () => null,
    known: (id) => kept.get(id),
    lost: (reason) => lost.push(reason),
  });
  return { kept, lost, outbox, port };
}

it("a mark is kept when the history shows it, and comes back as the server keeps it", async () => {
  const { kept, outbox, port } = desk({ outcome: "accepted", number: 1 });
  outbox.setOnline(true);
  const promise = port.put(mark("a"));
  await settled();
  const theirs = mark("a", { revision: 1 });
  kept.set("a", theirs);
  outbox.settle([event(1, "annotation.put", { annotation: theirs })], LAN.id);
  expect(await promise).toEqual(theirs);
});

it("a refused mark is given back to the viewer with the server's sentence", async () => {
  const { outbox, port } = desk({ outcome: "refused", reason: "Only the author may change it." });
  outbox.setOnline(true);
  await expect(port.put(mark("a"))).rejects.toThrow("Only the author may change it.");
  expect(outbox.wishes).toEqual([]);
});

it("a mark drawn before a reload and refused after it is not lost in silence", async () => {
  const storage = memoryStorage();
  void desk({ outcome: "again" }, storage).port.put(mark("a"));
  const { lost, outbox } = desk({ outcome: "refused", reason: "The consult is completed." }, storage);
  outbox.setOnline(true);
  await settled();
  expect(lost).toEqual(["The consult is completed."]);
  expect(outbox.wishes).toEqual([]);
});

it("a client_id has the letters and the length the server takes", () => {
  expect(newClientId()).toMatch(/^[0-9A-Za-z_-]{8,64}$/);
  expect(newClientId()).not.toBe(newClientId());
});
