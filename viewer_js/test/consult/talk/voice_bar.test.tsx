// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { Recorder } from "../../../src/consult/talk/recorder";
import { VoiceBar } from "../../../src/consult/talk/voice_bar";
import { setLanguage } from "../../../src/i18n/translate";

const voice = { seconds: 2, peaks: [10] };
const file = new File(["a"], "voice.webm", { type: "audio/webm" });
const root = document.createElement("div");

afterEach(() => {
  render(null, root);
  vi.restoreAllMocks();
});

it("a voice that could not be kept is told, and sent with the next press", async () => {
  setLanguage("en");
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => undefined } });
  const recorder = { seconds: { value: 2 }, levels: { value: [] }, stop: async () => ({ file, voice }) };
  vi.spyOn(Recorder, "begin").mockResolvedValue({ ...recorder, discard: () => undefined } as never);
  const send = vi
    .fn()
    .mockRejectedValueOnce(new Error("no room on the disk"))
    .mockResolvedValueOnce(undefined);
  const close = vi.fn();
  await act(async () => render(<VoiceBar send={send} close={close} />, root));
  const press = async (): Promise<void> => {
    const find = () => root.querySelector<HTMLButtonElement>('[aria-label="Send the voice message"]');
    await vi.waitFor(() => expect(find()?.disabled).toBe(false), 10_000);
    await act(async () => find()?.click());
  };

  await press();
  await vi.waitFor(() => expect(root.textContent).toContain("was not sent"), 10_000);
  expect(close).not.toHaveBeenCalled();
  await press();
  expect(send).toHaveBeenCalledTimes(2);
  expect(close).toHaveBeenCalledOnce();
});
