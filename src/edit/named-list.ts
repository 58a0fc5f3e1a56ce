/** Items in order that are changed by name: a repair of a hostile header does it thousands of times. */
export class NamedList<T> {
  readonly #nameOf: (item: T) => string;
  /** Removed items leave a hole, so that places stay. */
  readonly #items: (T | undefined)[];
  /** The places of each name, first to last. */
  readonly #places = new Map<string, number[]>();

  constructor(items: Iterable<T>, nameOf: (item: T) => string) {
    this.#nameOf = nameOf;
    this.#items = [];
    for (const item of items) this.add(item);
  }

  /** The first item of this name. */
  first(name: string): T | undefined {
    const [place] = this.#places.get(name) ?? [];
    return place === undefined ? undefined : this.#items[place];
  }

  add(item: T): void {
    this.#enter(item, this.#items.push(item) - 1);
  }

  /** Puts `item` in the place of the first of this name; `undefined` removes that. Does nothing where there is none. */
  replaceFirst(name: string, item: T | undefined): void {
    const place = this.#places.get(name)?.shift();
    if (place === undefined) return;
    this.#items[place] = item;
    if (item !== undefined) this.#enter(item, place);
  }

  /** Changes every item of this name; its name must stay. */
  changeAll(name: string, change: (item: T) => T): void {
    for (const place of this.#places.get(name) ?? []) {
      const item = this.#items[place];
      if (item !== undefined) this.#items[place] = change(item);
    }
  }

  /** What is left, in order. */
  toArray(): T[] {
    return this.#items.filter((item) => item !== undefined);
  }

  #enter(item: T, place: number): void {
    const name = this.#nameOf(item);
    const places = this.#places.get(name) ?? [];
    this.#places.set(name, places);
    places.push(place);
    // Only an item that takes another's place comes out of order.
    if ((places.at(-2) ?? -1) > place) places.sort((a, b) => a - b);
  }
}
