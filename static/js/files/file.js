// The page of a piece.
import "./downloads.js";
import "./reading.js";
