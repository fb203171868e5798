@_exported import TheanoArrays
