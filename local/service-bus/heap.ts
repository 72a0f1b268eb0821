/** A binary heap: the least item by `isBefore` is always at hand; push and pop cost O(log n). */
export interface Heap<Item> {
  readonly size: number;
  peek(): Item | undefined;
  pop(): Item | undefined;
  push(item: Item): void;
  /** Forgets everything and starts again from these items. */
  refill(items: Iterable<Item>): void;
}

export function createHeap<Item>(isBefore: (a: Item, b: Item) => boolean): Heap<Item> {
  let items: Item[] = [];

  function swapIfBefore(child: number, parent: number): boolean {
    const lower = items[child] as Item;
    const upper = items[parent] as Item;
    if (!isBefore(lower, upper)) return false;
    items[child] = upper;
    items[parent] = lower;
    return true;
  }

  function rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  function sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= items.length) return;
      const right = left + 1;
      const child = right < items.length && isBefore(items[right] as Item, items[left] as Item) ? right : left;
      if (!swapIfBefore(child, index)) return;
      index = child;
    }
  }

  function push(item: Item): void {
    items.push(item);
    rise(items.length - 1);
  }

  return {
    get size() {
      return items.length;
    },
    peek: () => items[0],
    push,
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink();
      }
      return first;
    },
    refill(next) {
      items = [];
      for (const item of next) push(item);
    },
  };
}
