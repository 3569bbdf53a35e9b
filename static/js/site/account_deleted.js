// The account is deleted: what this browser remembers of it goes, here and in its other tabs.
import { leave } from "../lib/memory.js";

leave();
