@_exported import TheanoArrays
@_exported import TheanoFormats
@_exported import TheanoGradients
@_exported import TheanoGraph
@_exported import TheanoInspection
@_exported import TheanoOperations
