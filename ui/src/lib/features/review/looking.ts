/** How long a card has been in front of the person. Time in which the page was out of sight is not known to be looking. */
export class Looking {
  #id: string | undefined;
  #since = 0;
  #away = false;

  constructor(private readonly now: () => number = () => performance.now()) {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#away = true;
    });
  }

  /** A card is there, whole, from now on. */
  begin(id: string | undefined): void {
    if (id === this.#id) return;
    this.#id = id;
    this.#since = this.now();
    this.#away = document.visibilityState === "hidden";
  }

  /** Milliseconds since then; nothing for another card, or after the page was out of sight. */
  took(id: string): number | undefined {
    return id === this.#id && !this.#away ? Math.round(this.now() - this.#since) : undefined;
  }
}
