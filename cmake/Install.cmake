include(GNUInstallDirs)
foreach(program wirefoldd wirefold)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(FILES lib/url/built_in.rules DESTINATION ${CMAKE_INSTALL_DATADIR}/wirefold
        RENAME url.rules)
