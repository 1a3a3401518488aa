/** Short messages in a corner, that go by themselves. */
import type { NoticeKind } from "./ipc";

export interface Toast {
  id: number;
  kind: NoticeKind;
  text: string;
  action?: { label: string; run: () => void };
}

const STAYS_MS: Record<NoticeKind, number> = { success: 4_000, info: 6_000, problem: 12_000 };
const MOST = 4;
let last = 0;

class Toasts {
  all = $state<Toast[]>([]);

  show(kind: NoticeKind, text: string, action?: Toast["action"]): void {
    if (this.all.some((toast) => toast.text === text)) return;
    const id = ++last;
    this.all = [...this.all, { id, kind, text, ...(action ? { action } : {}) }].slice(-MOST);
    setTimeout(() => this.dismiss(id), STAYS_MS[kind]);
  }

  dismiss(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
