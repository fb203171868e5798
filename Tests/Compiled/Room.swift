import Testing

@Suite struct CompiledRoom {}
