include(GNUInstallDirs)
if(WIREFOLD_BUILD_SERVICE)
  install(TARGETS wirefoldd wirefold RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
