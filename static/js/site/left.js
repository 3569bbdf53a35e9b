// The account is deleted: what this browser remembers of it goes, here and in its other tabs.
import { leave } from "./frame/memory.js";

leave();
