import Testing

@Suite struct NumericsRoom {}
