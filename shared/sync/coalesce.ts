/**
 * Natural batching: while a run is under way arrivals wait, and then go together. No delay when idle, full batches under load.
 * `run` gives one output an input, in order; when it rejects, all inputs of that run reject alike.
 */
export function coalesce<Input, Output>(
  largest: number,
  run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
): (input: Input) => Promise<Output> {
  interface Waiting {
    readonly input: Input;
    readonly resolve: (output: Output) => void;
    readonly reject: (reason: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const together = waiting.splice(0, largest);
      try {
        const outputs = await run(together.map(({ input }) => input));
        if (outputs.length !== together.length) throw new Error('a batch gave another number of outputs than inputs');
        together.forEach((one, index) => {
          one.resolve(outputs[index] as Output);
        });
      } catch (error) {
        for (const one of together) one.reject(error);
      }
    }
    running = false;
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (running) return;
      running = true;
      void drain();
    });
}
