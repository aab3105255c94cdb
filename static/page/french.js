/*
 * Streamlit's own words, in French: it has no translation of them. The page it starts from loads this script (see
 * ui/server/front.py), which puts French in the place of what Streamlit writes, as it writes it. A word met in the
 * browser that is not here stays English and does no harm: add it.
 */

/** Whole texts. */
const WORDS = new Map(
  Object.entries({
    "No results": "Aucun résultat",
    "Select all": "Tout choisir",
    "Choose an option": "Choisissez",
    "Choose options": "Choisissez",
    "No options to select": "Rien à choisir",
    "No options to select.": "Rien à choisir.",
    "Skip to main content": "Aller au contenu",
    "Collapse sidebar": "Replier le menu",
    "Expand sidebar": "Déplier le menu",
    "Link to heading": "Lien vers ce titre",
    "Clear value": "Effacer",
    "Clear all": "Tout effacer",
    "Drag and drop a file here": "Déposez un fichier ici",
    "Drag and drop file here": "Déposez un fichier ici",
    "Drag and drop files here": "Déposez des fichiers ici",
    "Browse files": "Choisir un fichier",
    Upload: "Choisir un fichier",
    "Download as CSV": "Télécharger en CSV",
    Search: "Rechercher",
    "Search results": "Résultats",
    Fullscreen: "Plein écran",
    "Close fullscreen": "Quitter le plein écran",
    "Show/hide columns": "Choisir les colonnes",
    "Add row": "Ajouter une ligne",
    "Sort ascending": "Trier par ordre croissant",
    "Sort descending": "Trier par ordre décroissant",
    "Pin column": "Figer la colonne",
    "Unpin column": "Libérer la colonne",
    "Hide column": "Masquer la colonne",
    Autosize: "Ajuster la largeur",
    Format: "Format",
    Statistics: "Statistiques",
    Increment: "Augmenter",
    Decrement: "Diminuer",
    "Copy to clipboard": "Copier",
    Copied: "Copié",
    "Copied!": "Copié",
    "Running...": "Calcul en cours…",
    "Please wait...": "Un instant…",
    "Loading...": "Chargement…",
    Connecting: "Connexion…",
    "Connecting to Streamlit server": "Connexion au tableau de bord",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "La connexion est perdue. Attendez qu’elle revienne, puis recommencez.",
    "Failed to generate file for download": "Ce fichier n’a pas pu être préparé ; réessayez.",
    "Request timed out":
      "Le serveur est très demandé : ce fichier n’est pas prêt après trois minutes. Réessayez dans quelques minutes.",
    "Connection closed": "La connexion est perdue. Attendez qu’elle revienne, puis recommencez.",
    Open: "Ouvrir",
    Close: "Fermer",
    "file upload": "Fichier à lire",
    "Open menu": "Ouvrir le menu",
    Sidebar: "Menu",
    "Remove file": "Retirer le fichier",
    Stop: "Arrêter",
    Values: "Valeurs",
    Empty: "Vides",
    Distinct: "Distinctes",
    Average: "Moyenne",
    "Standard deviation": "Écart type",
    "25th percentile": "1er quartile",
    Median: "Médiane",
    "75th percentile": "3e quartile",
    Sum: "Somme",
    Range: "Étendue",
    "Average length": "Longueur moyenne",
    "Minimum length": "Longueur minimale",
    "Maximum length": "Longueur maximale",
    "Based on sample": "D’après un échantillon",
    "No data": "Aucune donnée",
    "Copy column name": "Copier le nom de la colonne",
    "Dataframe column menu": "Menu de la colonne",
    Automatic: "Automatique",
    Localized: "À la française",
    Plain: "Sans mise en forme",
    Percent: "Pourcentage",
    Accounting: "Comptable",
    Scientific: "Scientifique",
    Calendar: "Calendrier",
    Duration: "Durée",
    Cancel: "Annuler",
    "Toggle fullscreen": "Plein écran",
    "Choose date": "Choisir une date",
    "Choose date range": "Choisir une période",
    "Date range": "Période",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Flèches pour changer de jour, Entrée pour choisir, Échap pour fermer.",
    "Network Error": "Le serveur ne répond pas : vérifiez la connexion, puis recommencez.",
    "Only one file is allowed.": "Un seul fichier à la fois.",
    "Too many files": "Trop de fichiers",
    "Connection timed out.": "Le serveur met trop de temps à répondre.",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Le serveur ne répond pas. Vérifiez la connexion.",
    Rerun: "Relancer",
  }),
);

/** Texts that hold something else; what is kept is written $1. @type {readonly [RegExp, string][]} */
const PATTERNS = [
  [/^Help for (.+)$/, "Aide : $1"],
  [/^Press Enter to (?:apply|submit form)$/, "Entrée pour valider"],
  [/^Press (Ctrl|⌘)\+Enter to (?:apply|submit form)$/, "$1 + Entrée pour valider"],
  [/^Select (\d+) match(?:es)?$/, "Choisir les $1 réponses"],
  [/^(?:Limit )?(\S+?)\s?MB per file(?: • (.*))?$/, "$1 Mo au plus par fichier"],
  [/^Show\/hide columns: (.+)$/, "Choisir les colonnes : $1"],
  [/^Download as CSV: (.+)$/, "Télécharger en CSV : $1"],
  [/^Search: (.+)$/, "Rechercher : $1"],
  [/^Fullscreen: (.+)$/, "Plein écran : $1"],
  [/^Remove (.+)$/, "Retirer $1"],
  [/^Clear (.+)$/, "Effacer $1"],
  [
    /^You can only select up to (\d+) options?\. Remove an option first\.$/,
    "$1 choix au plus : retirez-en un d’abord.",
  ],
  [/^.{1,60} files are not allowed\.$/, "Ce genre de fichier n’est pas lu ici."],
  [/^File is too large\. .{1,60}$/, "Ce fichier est trop lourd."],
  // Files sent: what ui/server/uploads.py and nginx refuse.
  [
    /^(?:Error: )?Request failed with status (?:code )?413$/,
    "Ce fichier est trop lourd, ou vous en avez déjà beaucoup d’ouverts : fermez les autres pages, puis redonnez-le.",
  ],
  [
    /^(?:Error: )?Request failed with status (?:code )?(?:429|50[234])$/,
    "Le serveur reçoit déjà beaucoup de fichiers ; redonnez le vôtre dans une minute.",
  ],
  [
    /^(?:Error: )?Request failed with status (?:code )?\d+$/,
    "Ce fichier n’a pas pu être envoyé. Rechargez la page, puis redonnez-le.",
  ],
  [/^Selected (.+)\. (.+)$/, "$1, choisi. $2"],
];

/**
 * Numbers too are written in French, whatever the browser speaks: grids and fields take their language from these.
 * @param {Navigator} browser
 */
export function speakFrench(browser) {
  const spoken = { language: "fr-FR", languages: Object.freeze(["fr-FR", "fr"]) };
  for (const [name, value] of Object.entries(spoken)) {
    Object.defineProperty(browser, name, { get: () => value, configurable: true });
  }
}

const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];

/**
 * @param {string} text
 * @returns {string | undefined} the French, when the whole text is one of Streamlit's
 */
export function french(text) {
  const bare = text.trim();
  if (!bare || bare.length > 120) return undefined;
  const word = WORDS.get(bare);
  if (word !== undefined) return text.replace(bare, () => word);
  for (const [pattern, into] of PATTERNS) {
    if (pattern.test(bare)) return bare.replace(pattern, into);
  }
  return undefined;
}

/** @param {Node} node a text */
function sayText(node) {
  const found = french(node.nodeValue ?? "");
  if (found !== undefined && found !== node.nodeValue) node.nodeValue = found;
}

/** @param {Element} element */
function sayAttributes(element) {
  for (const name of ATTRIBUTES) {
    const value = element.getAttribute(name);
    const found = value ? french(value) : undefined;
    if (found !== undefined && found !== value) element.setAttribute(name, found);
  }
}

/** @param {Node} root */
function sayAll(root) {
  if (root.nodeType === Node.TEXT_NODE) sayText(root);
  if (!(root instanceof Element)) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = /** @type {Node | null} */ (root); node; node = walker.nextNode()) {
    if (node instanceof Element) sayAttributes(node);
    else sayText(node);
  }
}

if (globalThis.document?.body ?? globalThis.document?.documentElement) {
  speakFrench(navigator);
  const page = document.documentElement;
  sayAll(page);
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") for (const node of addedNodes) sayAll(node);
      else if (type === "characterData") sayText(target);
      else if (target instanceof Element) sayAttributes(target);
    }
  }).observe(page, { childList: true, subtree: true, characterData: true, attributeFilter: ATTRIBUTES });
}
