/** The core in the desktop window's own process. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { asCallError, type Backend } from "./backend";
import type { AppEvent } from "./types";

/** The backend of the desktop window. */
export function tauriBackend(): Backend {
  return {
    async call(name, input) {
      try {
        return await invoke("rpc", { command: name, input });
      } catch (thrown) {
        throw asCallError(thrown);
      }
    },
    subscribe(listener) {
      let stopped = false;
      let stop: (() => void) | undefined;
      void listen<AppEvent>("app-event", ({ payload }) => listener(payload)).then((unlisten) => {
        if (stopped) unlisten();
        else stop = unlisten;
        // What happened before this moment was not heard.
        listener({ workspace: null, tags: ["*"], notice: null });
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
    watchLink(listener) {
      listener("connected");
      return () => {};
    },
    openExternal(url) {
      void invoke("plugin:opener|open_url", { url });
    },
  };
}
