/** Where the person is. */
export type View =
  "review" | "conversations" | "policies" | "activity" | "insights" | "deliveries" | "health" | "settings";

class Route {
  view = $state<View>("review");
  /** The conversation or section to open. */
  id = $state<string | undefined>(undefined);

  go(view: View, id?: string): void {
    this.view = view;
    this.id = id;
  }
}

export const route = new Route();
