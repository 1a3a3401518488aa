/**
 * Whom somebody is about to erase. Held beside the page's parts, because the pane in which it was asked for goes with
 * the person, and the certificate is shown after that.
 */
export interface Somebody {
  id: string;
  name: string;
}

class Erasing {
  somebody = $state<Somebody | null>(null);

  /** Asks before anything is erased. */
  ask(somebody: Somebody): void {
    this.somebody = somebody;
  }

  close(): void {
    this.somebody = null;
  }
}

export const erasing = new Erasing();
