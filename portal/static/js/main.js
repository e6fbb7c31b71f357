// Loads only the improvements that the page in view has a use for. Every page works without them.
const improvements = {
  "[data-max]": "./counter.js",
  "[data-display-bar]": "./large-type.js",
  "form[data-steps]": "./steps.js",
  "[data-draft], [data-draft-clear], [data-draft-left], [data-draft-forget]": "./draft.js",
  "[data-tree-picker]": "./tree-picker.js",
  "[data-autosave]": "./autosave.js",
  "[data-copy]": "./copy.js",
  "form[data-live]": "./live.js",
  "[data-challenge]": "./challenge.js",
  "[data-passkey]": "./passkey.js",
  "[data-print]": "./print.js",
  "[data-confirm]": "./confirm.js",
  "[data-similar]": "./similar.js",
  "[data-return]": "./return.js",
  "[data-shortcuts]": "./console.js",
  "[data-error-summary]": "./errors.js",
  "[data-findings]": "./redaction.js",
  "[data-files]": "./files.js",
  "[data-covers]": "./covers.js",
  "details.menu": "./menu.js",
};

const wanted = Object.entries(improvements).filter(([selector]) => document.querySelector(selector));

// Says that the page now does all it can, for whoever drives it by program.
Promise.all(wanted.map(([, file]) => import(file))).then(() => {
  document.documentElement.dataset.improved = "";
});
