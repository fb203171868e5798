import Testing

@Suite struct FaultsRoom {}
