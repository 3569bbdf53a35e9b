// The library's page: all that a script adds to its lists.
import "./choosing.js";
import "./dragging.js";
import "./endless.js";
import "./find.js";
import "./groups.js";
import "./menu.js";
import "./progress.js";
import "./renaming.js";
