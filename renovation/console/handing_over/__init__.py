"""交接: everything open of a person passes to another in one act, shown before, kept after."""
