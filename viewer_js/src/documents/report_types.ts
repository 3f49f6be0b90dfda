/** A structured report as the server tells it (app/documents/report.py, dose.py, measurements.py). */

export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export interface Measured {
  readonly value?: { readonly text: string; readonly number: number | null } | null;
  readonly unit?: Code | null;
  readonly qualifier?: Code | null;
}

export interface Graphic {
  readonly type: string;
  readonly data: readonly number[];
  readonly frame_of_reference_uid: string;
}

export interface ReportNode {
  readonly place: string;
  readonly type: string;
  readonly name: Code | null;
  readonly relation?: string;
  readonly refers_to?: string;
  readonly text?: string;
  readonly code?: Code | null;
  readonly moment?: string;
  readonly measured?: Measured | null;
  readonly graphic?: Graphic;
  readonly references?: readonly {
    readonly sop_class_uid: string;
    readonly sop_instance_uid: string;
    readonly frames: readonly number[];
  }[];
  readonly children?: readonly ReportNode[];
}

export interface MeasuredPlace {
  readonly sop_instance_uid: string;
  readonly frame: number;
  readonly graphic: Graphic | null;
}

export interface MeasurementGroup {
  readonly tracking: string;
  readonly finding: string;
  readonly site: string;
  readonly values: readonly {
    readonly name: Code | null;
    readonly measured: Measured;
    readonly places: readonly MeasuredPlace[];
  }[];
  readonly places: readonly MeasuredPlace[];
}

export interface DoseEvent {
  readonly at?: string;
  readonly protocol?: string;
  readonly region?: string;
  readonly type?: string;
  readonly values: Readonly<Record<string, Measured>>;
}

export interface Dose {
  readonly totals: readonly { readonly name: Code | null; readonly measured: Measured }[];
  readonly columns: readonly { readonly code: string; readonly name: string }[];
  readonly events: readonly DoseEvent[];
}

export interface ReportAnswer {
  readonly template: string;
  readonly completion: string;
  readonly verification: string;
  readonly preliminary: string;
  readonly at: string;
  readonly verifiers: readonly {
    readonly name: string;
    readonly organisation: string;
    readonly at: string;
  }[];
  readonly root: ReportNode;
  readonly cut: boolean;
  readonly dose: Dose | null;
  readonly groups: readonly MeasurementGroup[];
}
