import Testing

@Suite struct ErrorsRoom {}
