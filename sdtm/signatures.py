VERBS: list[object] = []
