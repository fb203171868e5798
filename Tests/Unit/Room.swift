import Testing

@Suite struct UnitRoom {}
