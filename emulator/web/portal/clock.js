// The emulator's time in the page. A load is timed and given up by it, so that one is never given up while time stands still.

const longestTimeout = 2 ** 31 - 1;

export class EmulatorClock {
  #at = 0;                     // the page's line of time when the emulator's was last read
  #readAt = performance.now();
  #rate = 1;
  #seq = 0;                    // of the newest event that the reading includes
  #emulated = null;            // the emulator's time then, in milliseconds since 1970
  #waiting = new Set();

  /** Milliseconds of the emulator's time since the page began. Never goes back, not even when the emulator was restarted. */
  now() {
    return this.#at + (performance.now() - this.#readAt) * this.#rate;
  }

  get seq() {
    return this.#seq;
  }

  /** Asks the emulator. Without an answer time passes as it did. */
  async ask() {
    try {
      const response = await fetch("/_emu/v1/clock", { cache: "no-store" });
      if (!response.ok) return;
      const { now, rate, seq } = await response.json();
      this.#read(now, rate, seq);
    } catch {
      // The page says elsewhere that the emulator can't be reached.
    }
  }

  /** A journal event `clock.…`: time passes at another rate, or was moved. */
  hear({ seq, data }) {
    if (seq > this.#seq) this.#read(data.now, data.rate, seq);
  }

  #read(now, rate, seq) {
    const read = performance.now();
    const emulated = Date.parse(now);
    const expected = this.#emulated === null ? emulated : this.#emulated + (read - this.#readAt) * this.#rate;
    this.#at = this.now() + Math.max(0, emulated - expected);
    this.#readAt = read;
    this.#emulated = emulated;
    this.#rate = rate;
    this.#seq = seq;
    for (const timer of [...this.#waiting]) this.#arm(timer);
  }

  /** Calls `run` when so many milliseconds of the emulator's time have passed. Returns a function that takes that back. */
  after(milliseconds, run) {
    const timer = { due: this.now() + milliseconds, run, handle: 0 };
    this.#waiting.add(timer);
    this.#arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#waiting.delete(timer);
    };
  }

  #arm(timer) {
    clearTimeout(timer.handle);
    const left = timer.due - this.now();
    if (left <= 0) {
      this.#waiting.delete(timer);
      timer.run();
    } else if (this.#rate > 0) {
      timer.handle = setTimeout(() => this.#arm(timer), Math.min(Math.ceil(left / this.#rate), longestTimeout));
    }
  }
}
