// Loaded into a program before all else (`NODE_OPTIONS=--import=…`): its clock starts so far ahead and runs so many times
// faster than the real one.
const { CLOCK_AHEAD_MS = '0', CLOCK_SPEED = '1' } = process.env;
const RealDate = Date;
const begunMs = RealDate.now();
const now = () =>
  Math.floor(begunMs + Number(CLOCK_AHEAD_MS) + (RealDate.now() - begunMs) * Number(CLOCK_SPEED));

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }

  static now() {
    return now();
  }
};
