/** What every view needs to know: the program, its workspaces, the buckets. */
import { backend, type AppInfo, type BucketId, type BucketTone, type BucketView } from "./ipc";
import { onEvent, touches } from "./events";
import { setCoreTime } from "./clock.svelte";
import { asCallError, type CallError } from "./ipc/backend";
import { forgetAnswers } from "./query.svelte";
import { applyTheme } from "./theme";

class App {
  info = $state.raw<AppInfo | undefined>(undefined);
  buckets = $state.raw<BucketView[]>([]);
  error = $state.raw<CallError | undefined>(undefined);
  contactPane = $state(typeof innerWidth === "undefined" || innerWidth >= 1180);

  /** The workspace that is shown. */
  get workspace() {
    return this.info?.workspaces.find((one) => one.workspace_id === this.info?.active_workspace);
  }

  /** The bucket of that id. */
  bucket(id: BucketId | null | undefined) {
    return this.buckets.find((one) => one.bucket.id === id)?.bucket;
  }

  name(id: BucketId | null | undefined): string {
    return id ? (this.bucket(id)?.name ?? id) : "No bucket";
  }

  tone(id: BucketId | null | undefined): BucketTone {
    return this.bucket(id)?.tone ?? "grey";
  }

  async load(): Promise<void> {
    try {
      const info = await backend().call("app.get", {});
      if (info.active_workspace !== this.info?.active_workspace) forgetAnswers();
      setCoreTime(info.now);
      this.info = info;
      applyTheme(info.settings.theme);
      this.buckets = info.active_workspace ? (await backend().call("buckets.list", {})).buckets : [];
      this.error = undefined;
    } catch (thrown) {
      this.error = asCallError(thrown);
    }
  }

  /** Loads now and whenever something of it changes. Returns how to stop. */
  follow(): () => void {
    void this.load();
    let again: ReturnType<typeof setTimeout> | undefined;
    return onEvent((event) => {
      if (!touches(event, ["app", "workspaces", "buckets", "settings", "directory"])) return;
      if (event.tags.includes("*")) forgetAnswers();
      clearTimeout(again);
      again = setTimeout(() => void this.load(), 60);
    });
  }
}

export const app = new App();
