/** The browser's Back, a phone's key, leaves the planes and not the viewer: one entry of the history stands for them. */

const PATIENCE = 1000;

/** Going back is told later; what is entered before that would be gone back over. */
let settled: Promise<void> = Promise.resolve();

function takeBack(): void {
  settled = new Promise((done) => {
    addEventListener("popstate", () => done(), { once: true });
    setTimeout(done, PATIENCE);
  });
  history.back();
}

/** Calls `leave` at the first Back. What is returned ends it: they were left another way. */
export function untilBack(leave: () => void): () => void {
  let isOver = false;
  let isEntered = false;
  const gone = () => {
    isOver = true;
    leave();
  };
  void settled.then(() => {
    if (isOver) return;
    isEntered = true;
    // a page that was loaded again stands on its entry already
    if (!history.state?.planes) history.pushState({ ...history.state, planes: true }, "");
    addEventListener("popstate", gone, { once: true });
  });
  return () => {
    if (isOver) return;
    isOver = true;
    removeEventListener("popstate", gone);
    if (isEntered) takeBack();
  };
}
