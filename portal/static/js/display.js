// Sets the type before anything is drawn, so that a page in large type does not jump.
// Runs alone at the head of the page: a module would come too late.
try {
  if (localStorage.getItem("letterbox:display") === "large") {
    document.documentElement.classList.add("large-type");
  }
} catch {
  // Storage is closed to us: the page keeps the standard type.
}
