/** What the server says about the call and about who leads; the code that acts on it is loaded later. */

import { type Signal, signal } from "@preact/signals";
import type { Person } from "../wire";

export interface Member {
  readonly id: string;
  readonly person: Person;
  readonly since: string;
  readonly muted: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  /** The call has grown beyond what windows carry each with each. */
  readonly conference: boolean;
}

/** `lender` gave the lead away and may take it back. */
export interface Control {
  readonly leader: Person | null;
  readonly lender: string | null;
  readonly asking: readonly Person[];
}

export interface PeerWords {
  readonly description?: RTCSessionDescriptionInit | null;
  readonly candidate?: RTCIceCandidateInit | null;
}

type PeerSignal = PeerWords & { readonly from: string };

const NOBODY: Control = { leader: null, lender: null, asking: [] };

export class CallNews {
  readonly members: Signal<readonly Member[]> = signal([]);
  readonly control: Signal<Control> = signal(NOBODY);
  /** Set by the call when it is on. */
  onSignal: (signal: PeerSignal) => void = () => undefined;
  /** The person joined from another window. */
  onOut: () => void = () => undefined;

  listenTo(on: (event: string, take: (told: never) => void) => void): void {
    on("call", ({ members }: { members: readonly Member[] }) => {
      this.members.value = members;
    });
    on("control", (control: Control) => {
      this.control.value = control;
    });
    on("call.signal", (signal: PeerSignal) => this.onSignal(signal));
    on("call.out", () => this.onOut());
  }

  /** The line broke: who is in the call and who leads is not known. */
  lost(): void {
    this.members.value = [];
    this.control.value = NOBODY;
  }
}
