/** The switch that stops everything automatic, and the lead's own clock, by which its days are counted. */
import { backend } from "$lib/ipc";
import { asCallError } from "$lib/ipc/backend";
import { toasts } from "$lib/toasts.svelte";

/** How far the clock of this machine is ahead of UTC, minutes. */
export function utcOffset(): number {
  return -new Date().getTimezoneOffset();
}

/** Stops everything automatic, wherever the person is. */
export async function stopEverything(): Promise<void> {
  try {
    await backend().call("automatic.stop", {});
    toasts.show("info", "Everything automatic is stopped.");
  } catch (thrown) {
    toasts.show("problem", asCallError(thrown).message);
  }
}

/** Starts it again. */
export async function startAgain(): Promise<void> {
  try {
    await backend().call("automatic.start", {});
    toasts.show("success", "Policies work again, for what comes in from now on.");
  } catch (thrown) {
    toasts.show("problem", asCallError(thrown).message);
  }
}
