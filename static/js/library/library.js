// The library's page: all that a script adds to its lists.
import "./choosing.js";
import "./dragging.js";
import "./endless_list.js";
import "./find.js";
import "./groups.js";
import "./menu.js";
import "./progress.js";
import "./renaming.js";
